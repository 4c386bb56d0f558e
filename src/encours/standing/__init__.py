"""Dated facts that change what may be done with a customer or a due line (design.md, 2.15).

Dispute, promise, plan, pause, insolvency…: their one home. Guards, exposure, clocks and forecasts
read here; other packages add the work around a fact, never a second store.
"""
