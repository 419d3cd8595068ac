package standby

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	primaryUp  = prometheus.NewDesc("headwater_primary_up", "1 while the primary answers.", nil, nil)
	standbyUp  = prometheus.NewDesc("headwater_standby_up", "1 while the standby answers reads.", []string{"server"}, nil)
	standbyLag = prometheus.NewDesc("headwater_standby_lag_seconds", "How far the standby is behind the primary, where it was last seen.",
		[]string{"server"}, nil)
	standbyReads = prometheus.NewDesc("headwater_standby_reads_total", "Requests that the standby was asked to answer.",
		[]string{"server"}, nil)
)

// Describe names the measures, for Prometheus.
func (s *Set) Describe(to chan<- *prometheus.Desc) {
	for _, measure := range []*prometheus.Desc{primaryUp, standbyUp, standbyLag, standbyReads} {
		to <- measure
	}
}

// Collect takes the measures.
func (s *Set) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(primaryUp, prometheus.GaugeValue, number(!s.PrimaryIsGone()))
	for _, b := range s.standbys {
		server := b.store.Server()
		to <- prometheus.MustNewConstMetric(standbyUp, prometheus.GaugeValue, number(b.up.Load()), server)
		to <- prometheus.MustNewConstMetric(standbyLag, prometheus.GaugeValue, time.Duration(b.lag.Load()).Seconds(), server)
		to <- prometheus.MustNewConstMetric(standbyReads, prometheus.CounterValue, float64(b.reads.Load()), server)
	}
}

func number(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
