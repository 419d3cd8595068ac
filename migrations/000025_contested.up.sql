-- Claims are listed by how contested they are: by how many attributions the side has that has fewer.

CREATE INDEX standings_contested ON standings (least(affirming, denying), claim_id);
