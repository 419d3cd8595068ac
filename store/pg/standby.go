package pg

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// OpenStandbys opens a database on each of the servers that an address names, which are standbys of the primary's. Nothing is asked
// of them yet: one may be down. Which of them are standbys is for the caller to ask, with [DB.Replayed]; what target_session_attrs
// says does not count.
func OpenStandbys(ctx context.Context, options Options, primary *DB) (standbys []*DB, err error) {
	all, err := configure(options)
	if err != nil {
		return nil, err
	}
	all.ConnConfig.ValidateConnect = nil
	path, there := primary.Pool.Config().ConnConfig.RuntimeParams["search_path"]
	if there && !options.Pooled {
		all.ConnConfig.RuntimeParams["search_path"] = path // where the primary has pg_trgm, they have it
	}
	first := &pgconn.FallbackConfig{Host: all.ConnConfig.Host, Port: all.ConnConfig.Port, TLSConfig: all.ConnConfig.TLSConfig}
	ways := append([]*pgconn.FallbackConfig{first}, all.ConnConfig.Fallbacks...)
	for len(ways) > 0 {
		way := ways[0]
		isOther := func(other *pgconn.FallbackConfig) bool { return other.Host != way.Host || other.Port != way.Port }
		config := all.Copy()
		config.ConnConfig.Host, config.ConnConfig.Port, config.ConnConfig.TLSConfig = way.Host, way.Port, way.TLSConfig
		config.ConnConfig.Fallbacks = slices.DeleteFunc(slices.Clone(ways[1:]), isOther)
		ways = slices.DeleteFunc(ways, func(other *pgconn.FallbackConfig) bool { return !isOther(other) })
		db, err := newDB(ctx, config, options)
		if err != nil {
			for _, opened := range standbys {
				opened.Close()
			}
			return nil, err
		}
		db.isStandby = true
		standbys = append(standbys, db)
	}
	return standbys, nil
}

// IsStandby says whether the database was opened as that of a standby, which takes no writes.
func (db *DB) IsStandby() bool { return db.isStandby }

// Server names the server for those who look after it.
func (db *DB) Server() string {
	config := db.Pool.Config().ConnConfig
	return net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
}

// WALPosition is a place in the write-ahead log of a database server.
type WALPosition struct {
	System   int64  // names the server and its standbys
	Timeline uint32 // which a promotion begins another of
	Place    int64  // in bytes
}

// Written is the place of the primary's log up to which all is that was committed before. It fails on a standby.
func (db *DB) Written(ctx context.Context) (at WALPosition, err error) {
	// what is flushed is on its way to the standbys; where commits do not wait for that, what is inserted is theirs
	const sql = `SELECT (SELECT system_identifier FROM pg_control_system()), ('x' || left(pg_walfile_name(at), 8))::bit(32)::bigint,
			(at - '0/0')::bigint
		FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
			ELSE pg_current_wal_flush_lsn() END AS at) AS log`
	var timeline int64
	err = db.Pool.QueryRow(ctx, sql).Scan(&at.System, &timeline, &at.Place)
	at.Timeline = uint32(timeline)
	return at, Interpret(err)
}

// Replayed is the place up to which a standby has what the primary committed, and of which server it is a standby. It fails on a server
// that is none.
func (db *DB) Replayed(ctx context.Context) (system, place int64, err error) {
	var recovers bool
	err = db.Pool.QueryRow(ctx, `SELECT pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()),
		coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint`).Scan(&recovers, &system, &place)
	if err == nil && !recovers {
		err = fmt.Errorf("%s is no standby", db.Server())
	}
	return system, place, Interpret(err)
}
