"""How each customer pays, from its own history: figures, profile, segment, and how they moved."""
