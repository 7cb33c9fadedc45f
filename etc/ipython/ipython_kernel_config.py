"""Installed into etc/ipython of the environment.

Kernels say in words that the first cell has not run, and say of themselves what notebooks say.
"""

c = get_config()  # noqa: F821
c.InteractiveShellApp.extensions.append("gatedrnn_course.lab.first_cell")
c.InteractiveShellApp.extensions.append("gatedrnn_course.lab.language_info")
