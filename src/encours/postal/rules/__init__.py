"""Rules of letters: who may be served electronically, what an envelope weighs and costs."""
