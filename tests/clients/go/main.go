// SPDX-License-Identifier: EUPL-1.2

// read <answers> <read>: reads each answer into its type and writes what it read.
package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*", "*.json"))
	check(err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		made := types[name]()
		text, err := os.ReadFile(file)
		check(err)
		check(json.Unmarshal(text, made))
		text, err = json.Marshal(made)
		check(err)
		place := filepath.Join(os.Args[2], filepath.Base(filepath.Dir(file)), filepath.Base(file))
		check(os.MkdirAll(filepath.Dir(place), 0o755))
		check(os.WriteFile(place, text, 0o644))
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
