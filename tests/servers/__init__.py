"""Real servers, and a faulty wire, for the integration tests."""
