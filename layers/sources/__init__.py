"""One file per published dataset: `SOURCE` and `read`."""
