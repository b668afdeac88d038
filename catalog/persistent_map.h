// PersistentMap: an ordered map whose copies share structure: copying is O(1), changing one copy O(log n) new nodes.
//
// A treap: binary search tree by key, heap by a hash of the key, so that its shape depends on the contents alone. Copies are values;
// different copies may be used by different threads at once, one copy by one thread at a time while it changes.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace gather::catalog {

// Hash(key) → uint64_t; Key has <.
template <class Key, class Value, class Hash>
class PersistentMap {
 public:
  // Null when absent. Valid as long as this copy, or another that shares the node, lives.
  const Value* Find(const Key& key) const { return FindLike(key); }
  template <class Like>
  const Value* FindLike(const Like& key) const {
    for (const Node* node = root_.get(); node != nullptr;) {
      if (key < node->key) {
        node = node->left.get();
      } else if (node->key < key) {
        node = node->right.get();
      } else {
        return &node->value;
      }
    }
    return nullptr;
  }

  void Put(const Key& key, Value value) {
    auto [left, right] = Split(root_, key);
    root_ = Merge(Merge(left, std::make_shared<Node>(Node{key, Hash()(key), std::move(value), nullptr, nullptr})), right);
  }

  void Erase(const Key& key) {
    if (Find(key) == nullptr) return;
    auto [left, right] = Split(root_, key);
    root_ = Merge(left, right);
  }

  // In key order; visit(key, value).
  template <class Visit>
  void ForEach(Visit&& visit) const { Walk(root_.get(), visit); }
  // From the first key not below `from` on, while visit(key, value) returns true.
  template <class Like, class Visit>
  void ForEachFrom(const Like& from, Visit&& visit) const { WalkFrom(root_.get(), from, visit); }

 private:
  struct Node;
  using NodeRef = std::shared_ptr<const Node>;
  struct Node {
    Key key;
    uint64_t priority;
    Value value;
    NodeRef left, right;
  };

  static NodeRef With(const Node& node, NodeRef left, NodeRef right) {
    return std::make_shared<Node>(Node{node.key, node.priority, node.value, std::move(left), std::move(right)});
  }

  // Keys below and above `key`; an equal one is left out.
  static std::pair<NodeRef, NodeRef> Split(const NodeRef& node, const Key& key) {
    if (node == nullptr) return {};
    if (node->key < key) {
      auto [left, right] = Split(node->right, key);
      return {With(*node, node->left, left), right};
    }
    if (key < node->key) {
      auto [left, right] = Split(node->left, key);
      return {left, With(*node, right, node->right)};
    }
    return {node->left, node->right};
  }

  static NodeRef Merge(const NodeRef& left, const NodeRef& right) {
    if (left == nullptr) return right;
    if (right == nullptr) return left;
    if (left->priority > right->priority) return With(*left, left->left, Merge(left->right, right));
    return With(*right, Merge(left, right->left), right->right);
  }

  template <class Visit>
  static void Walk(const Node* node, Visit& visit) {
    if (node == nullptr) return;
    Walk(node->left.get(), visit);
    visit(node->key, node->value);
    Walk(node->right.get(), visit);
  }

  template <class Like, class Visit>
  static bool WalkFrom(const Node* node, const Like& from, Visit& visit) {
    if (node == nullptr) return true;
    if (!(node->key < from)) {
      if (!WalkFrom(node->left.get(), from, visit) || !visit(node->key, node->value)) return false;
    }
    return WalkFrom(node->right.get(), from, visit);
  }

  NodeRef root_;
};

}  // namespace gather::catalog
