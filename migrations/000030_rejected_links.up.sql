-- Claims of which somebody said that they are two are few among all links, and are asked for at each merger.

CREATE INDEX links_rejected ON links (claim_id, to_id) WHERE kind = 'equivalent' AND status = 'rejected';
