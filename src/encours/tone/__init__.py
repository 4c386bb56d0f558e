"""What may not be written to somebody who owes: threats, look-alikes, costs, wrong indemnities.

Pure: a text and its context (who owes, which step, who writes) in, findings out, each with its
place, its reason in French with the article, and better words. It blocks what is unlawful and
warns of what is unwise. Lexicons and rules are data beside it (law-fr 1.9 to 1.18, 4.1 to 4.10).
"""
