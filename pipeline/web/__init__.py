"""The officers' pages: a thin skin over the stages. Every action is one call into a stage, which decides; every list one query."""
