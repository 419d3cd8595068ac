package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func compose(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../../docker-compose.yml"}, cli.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func TestComposeFile(t *testing.T) {
	t.Parallel()
	project, err := compose(t, "POSTGRES_PASSWORD=secret")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "headwater"} {
		service, err := project.GetService(name)
		if err != nil {
			t.Fatal(err)
		}
		if service.HealthCheck == nil || len(service.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		if service.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s is not started again after a crash", name)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s is published on %q; expected loopback", name, port.HostIP)
			}
		}
	}
	database := project.Services["postgres"]
	if database.User == "" || len(database.Volumes) != 1 || project.Volumes[database.Volumes[0].Source].Name == "" {
		t.Errorf("the database runs as %q on %v; expected a user other than root and a named volume", database.User, database.Volumes)
	}
	for _, name := range []string{"migrate", "headwater"} {
		checkCommand(t, project.Services[name])
	}
	if after := project.Services["headwater"].DependsOn["migrate"].Condition; after != types.ServiceConditionCompletedSuccessfully {
		t.Errorf("the service starts when migrate is %q", after)
	}
}

// checkCommand says whether the command line and the environment are ones that the program knows.
func checkCommand(t *testing.T, service types.ServiceConfig) {
	t.Helper()
	var asked []string
	root := newRootCommand(func(name string) string { asked = append(asked, name); return "" })
	found, rest, err := root.Find(service.Command)
	if err != nil || found == root {
		t.Fatalf("%s runs %q: %v", service.Name, service.Command, err)
	}
	if err := found.ParseFlags(rest); err != nil {
		t.Errorf("%s runs %q: %v", service.Name, service.Command, err)
	}
	for name, value := range service.Environment {
		if known := name == "DATABASE_URL" || slices.Contains(asked, name); !known || value == nil || *value == "" {
			t.Errorf("%s sets %s, which the program does not read, or sets it to nothing", service.Name, name)
		}
	}
}

func TestComposeFileAsksForAPassword(t *testing.T) {
	t.Parallel()
	if _, err := compose(t); err == nil || !strings.Contains(err.Error(), "POSTGRES_PASSWORD") {
		t.Errorf("without a password: %v", err)
	}
}
