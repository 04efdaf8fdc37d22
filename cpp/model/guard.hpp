// Who may touch the parameters of layers that are trained together: one trainer at a time, against other threads, which
// wait (readers) or are refused (trainers). The thread that trains is let through: its callbacks run between two steps.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace steepest {

class Guard {
 public:
  std::shared_mutex mutex;
  std::atomic<bool> training = false;
  std::atomic<std::thread::id> trainer = std::thread::id();
  bool mine() const { return trainer.load() == std::this_thread::get_id(); }
};

// Nearly always one. More where layers of two networks came together in a third; in the order of their addresses, so
// that no two threads wait for each other.
using Guards = std::vector<std::shared_ptr<Guard>>;

// For whoever reads the parameters; with std::try_to_lock it does not wait, and may hold less than all.
class Reading {
 public:
  explicit Reading(const Guards& guards) : guards_(guards) {
    for (; held_ < guards_.size(); ++held_)
      if (!guards_[held_]->mine()) guards_[held_]->mutex.lock_shared();
  }
  Reading(const Guards& guards, std::try_to_lock_t) : guards_(guards) {
    while (held_ < guards_.size() && (guards_[held_]->mine() || guards_[held_]->mutex.try_lock_shared())) ++held_;
  }
  ~Reading() {
    while (held_-- > 0)
      if (!guards_[held_]->mine()) guards_[held_]->mutex.unlock_shared();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  bool all() const { return held_ == guards_.size(); }

 private:
  const Guards& guards_;
  std::size_t held_ = 0;
};

// For whoever writes them.
class Writing {
 public:
  explicit Writing(const Guards& guards) : guards_(guards) {
    for (const auto& guard : guards_)
      if (!guard->mine()) guard->mutex.lock();
  }
  ~Writing() {
    for (const auto& guard : guards_)
      if (!guard->mine()) guard->mutex.unlock();
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  const Guards& guards_;
};

// For a trainer, as long as its loop runs; throws where there is one already.
class Training {
 public:
  explicit Training(const Guards& guards) : guards_(guards) {
    for (auto guard = guards_.begin(); guard != guards_.end(); ++guard)
      if ((*guard)->training.exchange(true)) {
        std::for_each(guards_.begin(), guard, [](const auto& taken) { taken->training = false; });
        throw std::runtime_error(
            "This model is already being trained by another thread (or by the call whose callback runs now). "
            "A model trains in one place at a time: wait for that `fit`, or train a copy.");
      }
    for (const auto& guard : guards_) {
      guard->mutex.lock();
      guard->trainer = std::this_thread::get_id();
    }
  }
  ~Training() {
    for (const auto& guard : guards_) {
      guard->trainer = std::thread::id();
      guard->mutex.unlock();
      guard->training = false;
    }
  }
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

 private:
  const Guards& guards_;
};

}  // namespace steepest
