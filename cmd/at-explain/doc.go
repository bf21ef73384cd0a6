// At-explain does explain.
package main
