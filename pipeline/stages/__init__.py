"""The stages of a message's way, one verb each; each reads what the one before it committed, and none imports another."""
