package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOnLinux wants the commands for a system that does not tell what tasks did.
func TestOnLinux(t *testing.T) {
	for system, wants := range map[string][]string{
		"darwin":  {"macOS does not tell", `-v "$PWD:/home`, "docker build -t gilcourse -f .container/Containerfile", "Codespaces"},
		"windows": {"Windows does not tell", "wsl --install -d Debian", `-v "${PWD}:/home`, "gilcourse watch", "Codespaces"},
	} {
		says := onLinux(system)
		for _, want := range wants {
			if !strings.Contains(says, want) {
				t.Errorf("%s: %q is not said:\n%s", system, want, says)
			}
		}
		if strings.Contains(says, "wsl") != (system == "windows") {
			t.Errorf("%s: WSL is for Windows alone", system)
		}
	}
}

// TestDevcontainer wants the container's file to be there, and what the sandbox needs
// to be the same wherever it is written.
func TestDevcontainer(t *testing.T) {
	file := filepath.Join("..", "..", ".devcontainer", "devcontainer.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var dev struct {
		Build      struct{ Dockerfile, Context string }
		RunArgs    []string
		RemoteUser string
	}
	if err := json.Unmarshal(data, &dev); err != nil {
		t.Fatal(err)
	}
	container, err := os.ReadFile(filepath.Join(filepath.Dir(file), dev.Build.Dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), dev.Build.Context, "go.mod")); err != nil {
		t.Errorf("the context is not the repository: %v", err)
	}
	if !strings.Contains(string(container), "useradd --create-home "+dev.RemoteUser) {
		t.Errorf("the container has no user %q", dev.RemoteUser)
	}
	for _, option := range []string{"seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"} {
		if !slices.Contains(dev.RunArgs, option) || !strings.Contains(inImage, "--security-opt "+option) || !strings.Contains(string(container), "--security-opt "+option) {
			t.Errorf("%s is not everywhere", option)
		}
	}
}
