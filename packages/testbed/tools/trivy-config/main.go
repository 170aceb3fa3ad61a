// Command trivy-config runs Trivy's own checks of Kubernetes manifests over a folder and prints each
// failure as one JSON line. The whole of Trivy is a hundred times the code.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aquasecurity/trivy/pkg/iac/rego"
	"github.com/aquasecurity/trivy/pkg/iac/scanners/kubernetes"
)

type failure struct {
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Path     string `json:"path"`
	Message  string `json:"message"`
}

func run(folder string) error {
	scanner := kubernetes.NewScanner(rego.WithEmbeddedPolicies(true), rego.WithEmbeddedLibraries(true))
	results, err := scanner.ScanFS(context.Background(), os.DirFS(folder), ".")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(os.Stdout)
	for _, one := range results.GetFailed() {
		rule := one.Rule()
		line := failure{rule.AVDID, string(one.Severity()), one.Range().GetFilename(), one.Description()}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%d checks passed, %d failed\n", len(results.GetPassed()), len(results.GetFailed()))
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: trivy-config FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
