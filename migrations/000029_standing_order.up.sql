-- Claims are listed by how they stand, from what is disputed to what is founded best.

CREATE INDEX standings_rank ON standings ((coalesce(array_position(
    '{contested,denied,unattributed,no_origin_left,circular,single_origin,possibly_corroborated,single_carrier,corroborated}',
    standing), 0)), claim_id);
