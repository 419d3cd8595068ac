package pg

import "github.com/prometheus/client_golang/prometheus"

var (
	connectionsInUse = prometheus.NewDesc("headwater_db_connections_in_use", "Database connections that work.", nil, nil)
	connectionsOpen  = prometheus.NewDesc("headwater_db_connections_open", "Database connections that are open.", nil, nil)
	connectionsMax   = prometheus.NewDesc("headwater_db_connections_max", "Database connections that may be open.", nil, nil)
	acquireWaits     = prometheus.NewDesc("headwater_db_acquire_waits_total", "Times that a query had to wait for a connection.", nil, nil)
	acquireSeconds   = prometheus.NewDesc("headwater_db_acquire_seconds_total", "Time spent waiting for connections.", nil, nil)
)

// Describe names the measures of the connections, for Prometheus.
func (db *DB) Describe(to chan<- *prometheus.Desc) {
	for _, measure := range []*prometheus.Desc{connectionsInUse, connectionsOpen, connectionsMax, acquireWaits, acquireSeconds} {
		to <- measure
	}
}

// Collect takes the measures of the connections.
func (db *DB) Collect(to chan<- prometheus.Metric) {
	stat := db.Pool.Stat()
	to <- prometheus.MustNewConstMetric(connectionsInUse, prometheus.GaugeValue, float64(stat.AcquiredConns()))
	to <- prometheus.MustNewConstMetric(connectionsOpen, prometheus.GaugeValue, float64(stat.TotalConns()))
	to <- prometheus.MustNewConstMetric(connectionsMax, prometheus.GaugeValue, float64(stat.MaxConns()))
	to <- prometheus.MustNewConstMetric(acquireWaits, prometheus.CounterValue, float64(stat.EmptyAcquireCount()))
	to <- prometheus.MustNewConstMetric(acquireSeconds, prometheus.CounterValue, stat.AcquireDuration().Seconds())
}
