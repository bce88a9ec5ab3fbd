"""An undo, told by its files in their order: order, plan, apply. It reads nothing from the SIS.

A run puts back what another one wrote. Its rows are that run's rows turned round, so that the pages, the log, "why" and
an undo of the undo need nothing else.
"""
