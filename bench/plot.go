package main

import (
	"fmt"
	"os"
	"time"

	"github.com/go-analyze/charts"
)

// plotPoints is how many points each line of a plot has.
const plotPoints = 60

// plot draws latency and memory over time.
func (s *soakRun) plot(path string) error {
	names := []string{"median latency, ms", "99th percentile, ms", "resident memory, MB"}
	lines := make([][]float64, len(names))
	var labels []string
	for n := range plotPoints {
		from, to := s.length*time.Duration(n)/plotPoints, s.length*time.Duration(n+1)/plotPoints
		latencies := s.latencies(from, to)
		mean, _ := s.memoryIn(from, to)
		for i, value := range []float64{quantile(latencies, .5), quantile(latencies, .99), mean} {
			lines[i] = append(lines[i], value)
		}
		labels = append(labels, from.Round(time.Second).String())
	}
	option := charts.NewLineChartOptionWithData(lines)
	option.Title.Text = fmt.Sprintf("%d requests a second for %s, one import in the middle", soakRate, s.length)
	option.XAxis.Labels = labels
	option.Legend.SeriesNames = names
	option.Legend.Offset = charts.OffsetStr{Top: "30"}
	option.SeriesList[2].YAxisIndex = 1
	option.YAxis = append(option.YAxis, option.YAxis[0])
	painter := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: 900, Height: 420})
	if err := painter.LineChart(option); err != nil {
		return err
	}
	drawn, err := painter.Bytes()
	if err != nil {
		return err
	}
	return os.WriteFile(path, drawn, 0o644)
}
