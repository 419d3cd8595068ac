//go:build !race

package testenv

const detectsRaces = false
