"""The base of the course's widgets: sliders, a picture and a read-out, alive in a saved page without a kernel.

A widget is a list of controls and a function from their position to a picture and a sentence. The function is called
once for every position when the widget is made; the browser only looks the answers up. So write numbers in the SVG with
a fixed number of decimals, keep its elements the same at every position, and choose few positions (200 are many).

    def view(f, T):
        kept = [f**t for t in range(T + 1)]
        picture = draw_chart([Curve("kept", kept)], Axis("step", 0, 50), Axis("share", 1e-6, 1, log=True))
        return picture, f"After {T} steps {kept[-1]:.2g} is left."
    controls = [Slider("f", "forget gate f", steps(0.5, 1, 0.05), start=0.9), Slider("T", "steps", (10, 25, 50))]
    Explorer("A leaky cell.", controls, view)
"""

from gatedrnn_course.lab.widget.chart import Axis as Axis
from gatedrnn_course.lab.widget.chart import Curve as Curve
from gatedrnn_course.lab.widget.chart import draw_chart as draw_chart
from gatedrnn_course.lab.widget.controls import Choice as Choice
from gatedrnn_course.lab.widget.controls import Slider as Slider
from gatedrnn_course.lab.widget.controls import steps as steps
from gatedrnn_course.lab.widget.explorer import Explorer as Explorer
