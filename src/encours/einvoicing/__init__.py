"""What leaves as an electronic document: receipts, payments and penalties told.

A credit department is no platform: it writes the messages (CDAR 212, flux 10, Factur-X) and hands
them to the company's *plateforme agréée* through its API (XP Z12-013; law-fr 10).
"""
