#ifndef CALLS_H
#define CALLS_H

int c_add(int a, int b);
void c_nap(int microseconds);
int c_back(int n);
int c_sort(int num);
int c_threads(int num);

#endif
