"""The bench's figures on Dask distributed: two workers of one thread each, as processes of this machine."""

import json
import statistics
import time

from distributed import Client, LocalCluster


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def span(action):
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def efficiency(client, ms, tasks):
    def run():
        client.gather([client.submit(busy, ms / 1000, pure=False) for _ in range(tasks)])

    return statistics.median(tasks * ms / 1000 / 2 / span(run) for _ in range(5))


def main():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            no_ops = 5000
            rate = statistics.median(
                no_ops / span(lambda: client.gather(client.map(lambda n: n, range(no_ops), pure=False)))
                for _ in range(5)
            )
            one = statistics.median(
                span(lambda: client.submit(abs, -1, pure=False).result()) for _ in range(200)
            )
            sizes = {"1": 2000, "10": 400, "100": 60}
            print(
                json.dumps(
                    {
                        "perSecond": rate,
                        "oneTaskMs": one * 1000,
                        "efficiency": {ms: efficiency(client, int(ms), n) for ms, n in sizes.items()},
                    }
                )
            )


if __name__ == "__main__":
    main()
