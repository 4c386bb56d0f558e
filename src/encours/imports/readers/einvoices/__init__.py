"""Readers of electronic invoices and of their life cycle: PDF, CII, UBL, ZUGFeRD 1, CDAR, ZIP."""
