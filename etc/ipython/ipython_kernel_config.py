"""Installed into etc/ipython of the environment: kernels say in words that the first cell has not run, and say of
themselves what the notebooks say, so that opening one does not change it.
"""

c = get_config()  # noqa: F821
c.InteractiveShellApp.extensions.append("gatedrnn_course.lab.first_cell")
c.InteractiveShellApp.extensions.append("gatedrnn_course.lab.language_info")
