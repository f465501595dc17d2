"""What waits for somebody is little among very much: the conditions by which indexes keep that little, and lists ask for it.

A list must use the index's own words, or the database does not know the one in the other. None of them is a way into another index.
"""

from __future__ import annotations

# Requests that are still to be answered.
OPEN_REQUEST = "workflow NOT IN ('sent', 'closed', 'withdrawn', 'not_a_request')"
# Requests that somebody has to look at.
LOOK_AT = "flagged IS TRUE AND workflow NOT IN ('closed', 'withdrawn', 'not_a_request')"
# Filed mail without a case that an officer has yet to look at.
LOOSE_MAIL = (
    "placed IS FALSE AND dismissed_at IS NULL AND intent <> 'duplicate' "
    "AND (verdict IN ('internal', 'other', 'bounce') OR (verdict = 'automatic' AND flagged IS TRUE))"
)
# Mail that could not be read.
UNREADABLE = "dismissed_at IS NULL AND NOT state <> 'quarantined'"
# Mail that was taken and waits for intake.
TO_READ = "body_wanted IS FALSE AND NOT state <> 'received'"
# Letters that wait for their time, or for another try.
TO_SEND = "NOT status NOT IN ('waiting', 'queued', 'retry')"
# Letters approved by a policy (deputy, break-glass) that nobody has looked at since.
UNCHECKED = "exception IS NOT NULL AND exception_checked_at IS NULL"
