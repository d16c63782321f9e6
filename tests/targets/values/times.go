package main

import "time"

var (
	timeZero     time.Time
	timeUTC      = time.Date(2024, time.February, 29, 12, 30, 45, 123456789, time.UTC)
	timeZone     = time.Date(2001, time.December, 31, 23, 59, 59, 0, time.FixedZone("CET", 3600))
	timeOld      = time.Date(-44, time.March, 15, 0, 0, 0, 0, time.UTC)
	timeUnix     = time.Unix(0, 0).UTC()
	timeNow      = time.Now()
	timePtr      = &timeUTC
	duration     = 90*time.Minute + 500*time.Millisecond
	durationNeg  = -time.Nanosecond
	durationZero time.Duration
	month        = time.August
	weekday      = time.Wednesday
	times        = []time.Time{timeUTC, timeZero}
	durations    = map[string]time.Duration{"timeout": time.Second}
)
