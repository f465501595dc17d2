"""The one-command default: embedded mail servers, sample mail and a story told in the terminal."""
