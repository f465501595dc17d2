"""Letters: the officer's record of one, the wording around it, and the exact bytes that go out."""
