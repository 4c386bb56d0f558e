"""People at work: what is to be called today, what was said, what comes next (design.md, 1).

A call is a step of the scenario like a letter: planned by `dunning`, looked at again before it is
shown, done by a person. What a call changes is said in `standing`, never here.
"""
