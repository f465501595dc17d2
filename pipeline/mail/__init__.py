"""Everything that speaks mail: the mailbox, parsing, the transport, tokens."""
