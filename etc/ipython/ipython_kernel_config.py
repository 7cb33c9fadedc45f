"""Installed into etc/ipython of the environment: kernels say in words that the first cell has not run."""

c = get_config()  # noqa: F821
c.InteractiveShellApp.extensions.append("gatedrnn_course.lab.first_cell")
