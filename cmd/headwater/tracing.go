package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
)

// flushTimeout is how long sending the last traces may take when the service stops.
const flushTimeout = 5 * time.Second

// tracingConfigured says whether OpenTelemetry's environment variables turn on tracing.
func tracingConfigured(getenv func(string) string) bool {
	return getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// startTracing exports traces over OTLP and HTTP as OpenTelemetry's environment variables say, until stop is called. Without
// these variables it does nothing.
func startTracing(ctx context.Context, getenv func(string) string) (stop func(), err error) {
	if !tracingConfigured(getenv) {
		return func() {}, nil
	}
	exporter, err := otlptracehttp.New(ctx) // reads the variables
	if err != nil {
		return nil, fmt.Errorf("traces cannot be sent: %w", err)
	}
	attributes, err := resource.New(ctx, resource.WithAttributes(semconv.ServiceName("headwater"), semconv.ServiceVersion(version())),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES cannot be read: %w", err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(attributes))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			slog.Warn("the last traces were not sent", "error", err)
		}
	}, nil
}
