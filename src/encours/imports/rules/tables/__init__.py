"""Any table to what customers owe: where its header is, what its columns mean, what rows say.

A table is cells as text: frames with `line` (counted from 1 in the user's file, or sheet) and
`c0`, `c1`…, trimmed, null where blank. A mapping, which is data, says the rest.
"""
