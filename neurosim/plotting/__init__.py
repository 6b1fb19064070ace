"""Figures in one house style.

Every function draws into the ``ax`` it is given, or into a new figure, and returns the Axes; none opens a
window. New figures stay out of pyplot, so nothing piles up and no display is needed. Save one with
``ax.figure.savefig("raster.png")``; in a notebook, after ``%matplotlib inline``, end a cell with
``ax.figure`` to see it, or pass an Axes of ``plt.subplots()``.
"""

from neurosim.plotting.accuracy import plot_accuracy_over_time
from neurosim.plotting.activations import plot_activations
from neurosim.plotting.confusion import plot_confusion
from neurosim.plotting.descent import plot_descent
from neurosim.plotting.end_energies import plot_end_energies
from neurosim.plotting.energy_landscape import plot_energy_landscape
from neurosim.plotting.expression_graph import plot_expression_graph
from neurosim.plotting.filter import plot_filters
from neurosim.plotting.gradient_flow import plot_gradient_flow
from neurosim.plotting.history import plot_history
from neurosim.plotting.image import plot_image, plot_image_rows
from neurosim.plotting.learning_rate import plot_rate_search, plot_schedule
from neurosim.plotting.memory_curve import plot_memory_curve
from neurosim.plotting.mosaic import plot_feature_maps, plot_kernels
from neurosim.plotting.overlap import plot_overlaps, plot_pattern_overlaps, plot_recall_course
from neurosim.plotting.phase_diagram import plot_phase_diagram
from neurosim.plotting.raster import plot_raster
from neurosim.plotting.rate import plot_rate
from neurosim.plotting.recall_animation import animate_recall
from neurosim.plotting.saliency import plot_saliency
from neurosim.plotting.speed import plot_speed
from neurosim.plotting.stimulus import plot_stimulus
from neurosim.plotting.style import new_figure, pretty_unit, unit_colour, unit_name
from neurosim.plotting.traces import plot_traces
from neurosim.plotting.tuning_curve import plot_tuning_curve
from neurosim.plotting.weights import plot_weights

__all__ = [
    "animate_recall",
    "new_figure",
    "plot_accuracy_over_time",
    "plot_activations",
    "plot_confusion",
    "plot_descent",
    "plot_end_energies",
    "plot_energy_landscape",
    "plot_expression_graph",
    "plot_feature_maps",
    "plot_filters",
    "plot_gradient_flow",
    "plot_history",
    "plot_image",
    "plot_image_rows",
    "plot_kernels",
    "plot_memory_curve",
    "plot_overlaps",
    "plot_pattern_overlaps",
    "plot_phase_diagram",
    "plot_raster",
    "plot_rate",
    "plot_rate_search",
    "plot_recall_course",
    "plot_saliency",
    "plot_schedule",
    "plot_speed",
    "plot_stimulus",
    "plot_traces",
    "plot_tuning_curve",
    "plot_weights",
    "pretty_unit",
    "unit_colour",
    "unit_name",
]
