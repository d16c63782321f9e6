#ifndef CALLS_H
#define CALLS_H

void c_segv(int n);
void c_abort(int n);
void c_sleep(int seconds);
void c_call(int n, int seconds);
void c_thread(int n);

#endif
