// At-phase does cut sessions into phases.
package main
