//go:build race

package testenv

const detectsRaces = true
