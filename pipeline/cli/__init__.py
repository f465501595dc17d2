"""The operators' verbs, one module a family; each is one call into the stages."""
