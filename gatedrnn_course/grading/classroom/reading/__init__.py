"""What students hand in, read: one file a format, then the cells one by one."""

from .handed_in import Reading, read_bytes, read_file
from .names import is_export, is_notebook_name, without_endings

__all__ = ["Reading", "is_export", "is_notebook_name", "read_bytes", "read_file", "without_endings"]
