"""Who acts, and on which case: casework's name for the store's one door, which other stages use as well."""

from pipeline.store.access import acting_officer, visible_case

__all__ = ["acting_officer", "visible_case"]
