//go:build tools

// Package tools pins the log store that is built from here.
package tools

import _ "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs"
