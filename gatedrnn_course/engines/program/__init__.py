"""What has to be computed for a cell, once for all writers."""
