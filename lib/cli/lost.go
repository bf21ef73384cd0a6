package cli

// Lost reports that so many of all items could not be delivered, and where they
// are kept; "" if nowhere, which has a hint. It says nothing if none is lost.
func (c *IO) Lost(lost, all int, what, kept string) {
	if lost == 0 {
		return
	}
	where := ""
	if kept != "" {
		where = "; see " + kept
	}
	c.Warnf("%d of %d %s were not accepted%s", lost, all, what, where)
	if kept == "" {
		c.Hintf("--dead-letter FILE keeps them")
	}
}
