"""Pure reading of a reply: own words, dates, amounts, signs, a small linear model; no network."""
