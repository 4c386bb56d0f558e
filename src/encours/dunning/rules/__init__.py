"""Who is reminded today, of what, and why or why not: pure functions of frames.

Read `scenario` (the ladder as data), `frames` (what comes in), then `planner.plan`. The words of
every decision are in `reasons` and `sentences`; `explain`, `recheck` and `simulation` ask
the same planner again, they hold no rule of their own (design.md, part 4; docs/decisions, dunning
cycles).
"""
