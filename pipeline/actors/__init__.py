"""Who mentions stand for: actor and country tables, phrase analysis, and the parts of the resolver."""
